#!/usr/bin/python3
"""USB readers that do not exist, for a Chromium that is started with the same preload: it only carries.

    LD_PRELOAD=libumockdev-preload.so.0:umockdev-atfork.so /usr/bin/python3 bridge.py DEVICES.json

DEVICES.json is a list of {name, link: "serial"|"hid", simulator: "HOST:PORT", vendor, product (hex), title,
serial_number, descriptor (hex; hid)}. Each device is a tty or hidraw node whose bytes or reports go to and come from
its simulator over TCP: a serial line's bytes are plain; each HID report is a record of kind (1 input, 2 output, 3 set
feature, 4 get feature, 5 the feature that was asked for), id, length (2, big endian) and data without the id. Plugging a
device in connects to its simulator, unplugging it disconnects.

It prints "root DIR", which is UMOCKDEV_DIR for the browser, and "control on HOST:PORT". There one connection is taken;
the devices live as long as it does. One line a command, answered by "ok ..." or "error ...":
    plug NAME, unplug NAME, serin NAME HEX (line), hidin NAME HEX (id and data), state NAME
"""
import collections, json, os, pathlib, select, shutil, socket, struct, sys, threading, traceback, tty

import gi
gi.require_version('UMockdev', '1.0')
from gi.repository import GLib, UMockdev

INPUT, OUTPUT, SET_FEATURE, GET_FEATURE, FEATURE = 1, 2, 3, 4, 5
EAGAIN, EIO, ENODEV, ENOTTY, ETIMEDOUT = 11, 5, 19, 25, 110
# How long the kernel waits for a feature report, milliseconds.
FEATURE_LIMIT = 5000
# What a page leaves unread is kept up to here; a real port loses bytes much earlier.
LINE_LIMIT = 1 << 20

testbed = UMockdev.Testbed.new()
root = testbed.get_root_dir()


def log(*words):
    print(*words, file=sys.stderr, flush=True)


def serial_device_number():
    """Chromium lists a tty only if its number belongs to a driver of type "serial" in /proc/tty/drivers. That file cannot
    be emulated (a Chromium whose /proc is redirected aborts), so a number is borrowed. Nothing opens it: the node is a
    pty's."""
    with open('/proc/tty/drivers') as drivers:
        for fields in map(str.split, drivers):
            if len(fields) >= 5 and fields[4] == 'serial':
                return int(fields[2]), int(fields[3].split('-')[0])
    raise SystemExit('the machine has no tty driver of type "serial" in /proc/tty/drivers')


def connect(address):
    host, port = address.rsplit(':', 1)
    cable = socket.create_connection((host, int(port)), timeout=5)
    cable.settimeout(None)
    cable.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return cable


class Device:
    """What both links share: the USB device, the cable, plug and unplug."""

    def __init__(self, at, spec):
        self.spec, self.at, self.cable = spec, at, None
        self.usb = f'/devices/pci0000:00/0000:00:14.0/usb1/1-{at + 1}'
        testbed.add_from_string(f'''P: {self.usb}
E: DEVTYPE=usb_device
E: SUBSYSTEM=usb
A: idVendor={spec['vendor']}\\n
A: idProduct={spec['product']}\\n
A: product={spec['title']}\\n

P: {self.usb}/1-{at + 1}:1.0
E: DEVTYPE=usb_interface
E: SUBSYSTEM=usb
''')

    def plug(self):
        if self.cable:
            raise ValueError('it is plugged in')
        self.cable = connect(self.spec['simulator'])
        self.appear()

    def unplug(self):
        if not self.cable:
            raise ValueError('it is not plugged in')
        cable, self.cable = self.cable, None
        self.disappear(cable)
        cable.close()


TIOCMGET, TIOCMBIS, TIOCMBIC, TIOCMSET = 0x5415, 0x5416, 0x5417, 0x5418
DTR, RTS, CTS, CAR, DSR = 0x2, 0x4, 0x20, 0x40, 0x100


class SerialIoctl(UMockdev.IoctlBase):
    """umockdev refuses every ioctl that is not handled: those of termios are run on the pty, in the browser; the modem's
    lines, which a pty lacks, are kept here."""
    lines = CTS | DSR | CAR

    def do_handle_ioctl(self, client):
        request = client.get_request()
        if request in (TIOCMGET, TIOCMBIS, TIOCMBIC, TIOCMSET):
            argument = client.get_arg().resolve(0, 4)
            if request == TIOCMGET:
                argument.update(0, list(self.lines.to_bytes(4, 'little')))
            else:
                value = int.from_bytes(bytes(argument.retrieve()), 'little')
                self.lines = {TIOCMBIS: self.lines | value, TIOCMBIC: self.lines & ~value}.get(request, value)
            client.complete(0, 0)
        else:
            result, errno = client.execute()
            client.complete(result, 0 if result >= 0 else errno)
        return True


class Serial(Device):
    # No "N:" line: umockdev 0.17 keeps the pty of such a node after remove_device and asserts when it comes back, so pty
    # and node are made here.
    def appear(self):
        node, (major, minor) = f'ttyACM{self.at}', serial_device_number()
        self.path, self.node = f'{self.usb}/1-{self.at + 1}:1.0/tty/{node}', f'/dev/{node}'
        self.master, self.slave = os.openpty()      # the slave stays open: no EIO while the page has it closed
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        os.symlink(os.ttyname(self.slave), root + self.node)
        title = self.spec['title']
        testbed.add_from_string(f'''P: {self.path}
E: SUBSYSTEM=tty
E: DEVNAME={self.node}
E: MAJOR={major}
E: MINOR={minor}
E: ID_BUS=usb
E: ID_VENDOR_ID={self.spec['vendor']}
E: ID_MODEL_ID={self.spec['product']}
E: ID_MODEL={title.replace(' ', '_')}
E: ID_MODEL_ENC={title.replace(' ', chr(92) + 'x20')}
E: ID_SERIAL_SHORT={self.spec['serial_number']}
A: dev={major}:{minor}\\n
''')
        self.ioctl = SerialIoctl()
        testbed.attach_ioctl(self.node, self.ioctl)
        self.lock, self.to_page = threading.Lock(), bytearray()
        self.woken, self.wake = os.pipe()
        self.carrier = threading.Thread(target=self.carry, args=(self.cable,), daemon=True)
        self.carrier.start()

    def disappear(self, _cable):
        os.write(self.wake, b'x')
        self.carrier.join()                         # nobody may sit at the pty when it is closed
        for fd in (self.master, self.slave, self.woken, self.wake):
            os.close(fd)                            # hangup: the page's pending read ends
        testbed.uevent('/sys' + self.path, 'remove')
        testbed.detach_ioctl(self.node)
        testbed.remove_device('/sys' + self.path)
        pathlib.Path(root + self.node).unlink(missing_ok=True)
        # All lines share one number, and with it a link that umockdev leaves behind when another line made it.
        major, minor = serial_device_number()
        numbered = pathlib.Path(f'{root}/sys/dev/char/{major}:{minor}')
        if not numbered.exists():
            numbered.unlink(missing_ok=True)

    # As when another program has the line for itself: the page cannot open it. Root would open a busy line all the same.
    def take(self):
        os.rename(root + self.node, root + self.node + '.taken')

    def free(self):
        os.rename(root + self.node + '.taken', root + self.node)

    def carry(self, cable):
        reads = [cable, self.master, self.woken]
        to_simulator = bytearray()
        while True:
            writes = [self.master] * bool(self.to_page) + [cable] * bool(to_simulator)
            readable, writable, _ = select.select(reads, writes, [])
            if self.woken in readable and b'x' in os.read(self.woken, 64):
                return
            if self.master in readable:
                to_simulator += os.read(self.master, 4096)
            if cable in readable:
                received = self.receive(cable)
                if not received:
                    reads.remove(cable)
                self.say(received)
            if self.master in writable:
                with self.lock:
                    try:
                        del self.to_page[:os.write(self.master, self.to_page)]
                    except BlockingIOError:
                        pass
            if cable in writable:
                try:
                    del to_simulator[:cable.send(to_simulator)]
                except OSError as error:
                    log(self.spec['name'], error)
                    to_simulator.clear()

    def receive(self, cable):
        try:
            return cable.recv(4096) or log(self.spec['name'], 'the simulator ended the connection') or b''
        except OSError as error:
            return log(self.spec['name'], error) or b''

    def say(self, data):
        with self.lock:
            self.to_page += data[:LINE_LIMIT - len(self.to_page)]

    def inject(self, data):
        self.say(data)
        os.write(self.wake, b'w')

    def state(self):
        return {'dtr': bool(self.ioctl.lines & DTR), 'rts': bool(self.ioctl.lines & RTS)}


HIDIOCSFEATURE, HIDIOCGFEATURE = 0x4806, 0x4807      # without direction and size


class HidIoctl(UMockdev.IoctlBase):
    def __init__(self, device):
        super().__init__()
        self.device = device

    def do_handle_read(self, client):
        report = self.device.take()
        if report is None:
            client.complete(-1, EAGAIN)
        else:
            client.get_arg().update(0, list(report))
            client.complete(len(report), 0)
        return True

    def do_handle_write(self, client):
        report = bytes(client.get_arg().retrieve())          # the report's id stands first, 0 where there is none
        sent = self.device.send(OUTPUT, report[0], report[1:])
        client.complete(len(report) if sent else -1, 0 if sent else EIO)
        return True

    def do_handle_ioctl(self, client):
        request = client.get_request()
        command, size = request & 0xffff, request >> 16 & 0x3fff
        if command == HIDIOCSFEATURE:
            report = bytes(client.get_arg().resolve(0, size).retrieve())
            sent = self.device.send(SET_FEATURE, report[0], report[1:])
            client.complete(size if sent else -1, 0 if sent else EIO)
        elif command == HIDIOCGFEATURE:
            self.device.ask(client, client.get_arg().resolve(0, size), size)
        else:
            client.complete(-1, ENOTTY)
        return True


class Hid(Device):
    # The node is a FIFO that holds one byte for each report that waits, so that the browser's epoll works; the reports
    # themselves travel by umockdev's emulation of read and write and keep their boundaries.
    def appear(self):
        vendor, product = self.spec['vendor'].upper(), self.spec['product'].upper()
        self.hid = f'{self.usb}/1-{self.at + 1}:1.0/0003:{vendor}:{product}.{self.at + 1:04X}'
        self.path, self.node = f'{self.hid}/hidraw/hidraw{self.at}', f'/dev/hidraw{self.at}'
        self.lock, self.inputs, self.asked = threading.Lock(), collections.deque(), collections.deque()
        os.mkfifo(root + self.node)
        self.waiting = os.open(root + self.node, os.O_RDWR | os.O_NONBLOCK)
        testbed.add_from_string(f'''P: {self.hid}
E: SUBSYSTEM=hid
E: DRIVER=hid-generic
E: HID_ID=0003:0000{vendor}:0000{product}
E: HID_NAME={self.spec['title']}
E: HID_UNIQ={self.spec['serial_number']}
H: report_descriptor={self.spec['descriptor'].upper()}

P: {self.path}
E: SUBSYSTEM=hidraw
E: DEVNAME={self.node}
E: MAJOR=245
E: MINOR={self.at}
A: dev=245:{self.at}\\n
''')
        self.ioctl = HidIoctl(self)
        testbed.attach_ioctl(self.node, self.ioctl)
        self.carrier = threading.Thread(target=self.carry, args=(self.cable,), daemon=True)
        self.carrier.start()

    def disappear(self, cable):
        cable.shutdown(socket.SHUT_RDWR)
        self.carrier.join()
        while self.asked:
            self.answer(None)
        testbed.uevent('/sys' + self.path, 'remove')
        testbed.detach_ioctl(self.node)
        testbed.remove_device('/sys' + self.path)
        testbed.remove_device('/sys' + self.hid)
        os.close(self.waiting)
        pathlib.Path(root + self.node).unlink(missing_ok=True)

    def carry(self, cable):
        stream = cable.makefile('rb')
        while len(head := stream.read(4)) == 4:
            kind, id, length = struct.unpack('>BBH', head)
            data = stream.read(length)
            if kind == INPUT:
                self.inject(bytes([id]) + data)
            elif kind == FEATURE:
                self.answer(bytes([id]) + data)
            else:
                log(self.spec['name'], 'the simulator sent a record of kind', kind)
        if self.cable:
            log(self.spec['name'], 'the simulator ended the connection')

    def send(self, kind, id, data):
        try:
            self.cable.sendall(struct.pack('>BBH', kind, id, len(data)) + data)
            return True
        except (OSError, AttributeError) as error:
            return log(self.spec['name'], error)

    def inject(self, report):
        """Queues an input report. Only those with a number begin with it, as the kernel hands them out."""
        with self.lock:
            self.inputs.append(report if report[0] else report[1:])
            os.write(self.waiting, b'!')

    def take(self):
        with self.lock:
            if not self.inputs:
                return None
            os.read(self.waiting, 1)
            return self.inputs.popleft()

    def ask(self, client, argument, size):
        """Asks the simulator for a feature report; the browser waits for the answer."""
        question = (client, argument, size)
        with self.lock:
            self.asked.append(question)
        if not self.send(GET_FEATURE, bytes(argument.retrieve())[0], b''):
            self.answer(None)
        GLib.timeout_add(FEATURE_LIMIT, self.give_up, question)

    def answer(self, report):
        with self.lock:
            question = self.asked.popleft() if self.asked else None
        if question:
            GLib.idle_add(self.complete, question, report, ENODEV)
        else:
            log(self.spec['name'], 'a feature report that nobody asked for')

    def give_up(self, question):
        with self.lock:
            waits = question in self.asked
            if waits:
                self.asked.remove(question)
        if waits:
            self.complete(question, None, ETIMEDOUT)

    @staticmethod
    def complete(question, report, errno):
        client, argument, size = question
        if report is None:
            client.complete(-1, errno)
        else:
            argument.update(0, list(report[:size]))
            client.complete(min(len(report), size), 0)

    def state(self):
        return {'inputs': len(self.inputs)}


def carry_out(devices, line):
    verb, name, *rest = line.split()
    device = devices[name]
    if verb in ('plug', 'unplug') and not rest or (verb, type(device)) in (('take', Serial), ('free', Serial)):
        getattr(device, verb)()
    elif (verb, type(device)) in (('serin', Serial), ('hidin', Hid)):
        device.inject(bytes.fromhex(''.join(rest)))
    elif verb == 'state':
        return 'ok ' + json.dumps({'plugged': device.cable is not None} | device.state())
    else:
        raise ValueError('no such command for this device')
    return 'ok'


def main():
    os.makedirs(root + '/sys/devices', exist_ok=True)
    os.makedirs(root + '/dev', exist_ok=True)
    os.symlink('/sys/devices/system', root + '/sys/devices/system')   # processors and the like stay as they are
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    with open(sys.argv[1]) as file:
        specs = json.load(file)
    devices = {spec['name']: {'serial': Serial, 'hid': Hid}[spec['link']](at, spec) for at, spec in enumerate(specs)}
    for device in devices.values():
        device.plug()

    listener = socket.create_server(('127.0.0.1', 0))
    listener.settimeout(60)
    print('root', root)
    print('control on 127.0.0.1:%d' % listener.getsockname()[1], flush=True)
    connection, _ = listener.accept()
    connection.settimeout(None)
    with connection.makefile('rw') as lines:
        for line in lines:
            try:
                answer = carry_out(devices, line)
            except Exception as error:
                answer = 'error ' + repr(error).replace('\n', ' ')
            lines.write(answer + '\n')
            lines.flush()


if __name__ == '__main__':
    code = 1
    try:
        main()
        code = 0
    except BaseException:
        traceback.print_exc()
    shutil.rmtree(root, ignore_errors=True)
    os._exit(code)      # carriers and the main loop still run
