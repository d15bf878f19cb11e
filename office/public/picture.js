// Draws a receipt in dots, for a receipt printer that has not its letters. What asks for it is src/picture.rs.

// In dots. A line of a printer's own letters has 24, and some between it and the next.
const LETTER = 24;
const LINE = 32;
const GAP = 12;
const SQUARE = 6;
const STROKE = 2;
// As `dir="auto"`: by the first letter.
const RIGHT_TO_LEFT = /^\P{L}*[\p{Script=Arabic}\p{Script=Hebrew}]/u;

globalThis.Picture = class {
  height = 0;
  drawings = [];

  constructor(width, isRightToLeft) {
    this.ink = new OffscreenCanvas(width, 1).getContext("2d", { willReadFrequently: true });
    this.width = width;
    this.isRightToLeft = isRightToLeft;
    [this.start, this.end] = isRightToLeft ? ["right", "left"] : ["left", "right"];
  }

  // Drawn once the paper's length is known: a canvas that grows forgets what it has.
  add(height, draw) {
    this.drawings.push({ y: this.height, draw });
    this.height += height;
  }

  measure(text, isTall) {
    this.ink.font = `${isTall ? "bold " : ""}${LETTER}px sans-serif`;
    return this.ink.measureText(text).width;
  }

  write(text, side, isTall, isRightToLeft = RIGHT_TO_LEFT.test(text)) {
    const { ink, width } = this;
    this.measure(text, isTall);
    ink.textAlign = side;
    ink.textBaseline = "middle";
    ink.direction = isRightToLeft ? "rtl" : "ltr";
    ink.save();
    if (isTall) ink.scale(1, 2);
    ink.fillText(text, { left: 0, center: width / 2, right: width }[side], LINE / 2);
    ink.restore();
  }

  // Broken between words, and within one that is wider than the paper. Nothing is cut.
  rows(text, isTall) {
    const fits = (row) => this.measure(row, isTall) <= this.width;
    const rows = [];
    let row = "";
    for (const word of text.split(" ")) {
      if (row && fits(`${row} ${word}`)) {
        row += ` ${word}`;
        continue;
      }
      if (row) rows.push(row);
      row = "";
      for (const letter of word) {
        if (row && !fits(row + letter)) {
          rows.push(row);
          row = "";
        }
        row += letter;
      }
    }
    return [...rows, row];
  }

  text(text, side, isTall) {
    const isRightToLeft = RIGHT_TO_LEFT.test(text);
    for (const row of this.rows(text, isTall)) {
      this.add(isTall ? 2 * LINE : LINE, () => this.write(row, side, isTall, isRightToLeft));
    }
  }

  centred(text, isTall) {
    this.text(text, "center", isTall);
  }

  pair(label, value, isTall) {
    if (this.measure(label, isTall) + GAP + this.measure(value, isTall) > this.width) {
      this.text(label, this.start, isTall);
      this.text(value, this.end, isTall);
      return;
    }
    this.add(isTall ? 2 * LINE : LINE, () => {
      this.write(label, this.start, isTall);
      this.write(value, this.end, isTall);
    });
  }

  rule() {
    this.add(LINE, () => this.ink.fillRect(0, LINE / 2, this.width, STROKE));
  }

  blank() {
    this.add(LINE, () => {});
  }

  sign(words) {
    this.blank();
    this.blank();
    this.add(LINE, () => {
      const used = this.measure(words) + GAP;
      this.write(words, this.start);
      this.ink.fillRect(this.isRightToLeft ? 0 : used, LETTER, this.width - used, STROKE);
    });
  }

  code(size, path) {
    const square = Math.min(SQUARE, Math.floor(this.width / size));
    this.add(square * size, () => {
      this.ink.translate(Math.floor((this.width - square * size) / 2), 0);
      this.ink.scale(square, square);
      this.ink.fill(new Path2D(path));
    });
  }

  // Ink on nothing.
  pixels() {
    const { ink, width, height } = this;
    ink.canvas.height = height;
    for (const { y, draw } of this.drawings) {
      ink.setTransform(1, 0, 0, 1, 0, y);
      draw();
    }
    return ink.getImageData(0, 0, width, height).data;
  }
};
