// Shows what the till's window says: look, shop, amount, title and text, a line each.
const parts = ["shop", "amount", "title", "text"].map((id) => document.getElementById(id));
let last = "";
new BroadcastChannel("mpos-terminal.customer").onmessage = ({ data }) => {
  if (data === last) return;
  last = data;
  const [look, ...lines] = data.split("\n");
  document.body.className = look;
  parts.forEach((part, at) => (part.textContent = lines[at] ?? ""));
};
