# SPDX-License-Identifier: MIT
"""host.py - one listening socket for a whole network of hostile addresses, and what they can do

Every address of 127/8 reaches the socket; which one was meant says what is served there.
"""
import asyncio
import contextlib
import multiprocessing
import socket
import struct

import tls

BIND_TO_DEVICE = 25
HOLD_SECONDS = 15
LINGER = struct.pack('ii', 1, 0)


class Gone(Exception):
    """The client is not there any more, which is no trouble of ours."""


def listener(backlog=4096, address='0.0.0.0', port=0):
    """Loopback alone reaches it, whatever it is bound to."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with contextlib.suppress(OSError):  # kernels before 5.7 want a privilege for it
        made.setsockopt(socket.SOL_SOCKET, BIND_TO_DEVICE, b'lo')
    made.bind((address, port))
    made.listen(backlog)
    made.setblocking(False)
    return made


class Peer:
    """A client that connected: what came from it, and what is said to it."""

    def __init__(self, loop, sock, count, smith):
        self.loop, self.sock, self.smith = loop, sock, smith
        self.count = count  # connections to this address before this one
        self.local = sock.getsockname()[0]
        self.buffer = b''

    async def more(self):
        try:
            got = await self.loop.sock_recv(self.sock, 65536)
        except OSError as why:
            raise Gone from why
        if not got:
            raise Gone
        self.buffer += got

    async def exactly(self, size):
        while len(self.buffer) < size:
            await self.more()
        got, self.buffer = self.buffer[:size], self.buffer[size:]
        return got

    async def line(self):
        while b'\n' not in self.buffer:
            await self.more()
        got, _, self.buffer = self.buffer.partition(b'\n')
        return got.rstrip(b'\r')

    async def record(self):
        kind, version, size = struct.unpack('>BHH', await self.exactly(5))
        return kind, version, await self.exactly(size)

    async def hello(self):
        raw = b''
        while len(raw) < 4 or len(raw) < 4 + int.from_bytes(raw[1:4], 'big'):
            kind, _, data = await self.record()
            if kind == tls.ALERT:
                raise Gone
            if kind == tls.HANDSHAKE:
                raw += data
        return tls.Hello(raw)

    async def send(self, data):
        try:
            await self.loop.sock_sendall(self.sock, data)
        except OSError as why:
            raise Gone from why

    async def drip(self, data, seconds, size=1):
        for at in range(0, len(data), size):
            await self.send(data[at:at + size])
            await asyncio.sleep(seconds)

    async def flood(self, chunk, most=1 << 40):
        """CHUNK again and again, until the client has gone or MOST bytes are out."""
        while most > 0:
            await self.send(chunk)
            most -= len(chunk)
            await asyncio.sleep(0)

    async def hold(self, seconds=HOLD_SECONDS):
        """Says nothing until the client goes."""
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self.buffer = b''
                    await self.more()

    async def close(self):
        """A FIN; what came before it is read, or the kernel makes a RST of it."""
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass
        self.sock.close()
        raise Gone

    async def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        self.sock.close()
        raise Gone


class Host:
    """
    The addresses BASE.0.1 and so on, each with what it serves, by a few processes that share one
    socket: what keeps one of them busy is not to look like patience of the program under test.
    """

    def __init__(self, smith, base, processes=3):
        self.smith, self.base, self.processes = smith, base, processes
        self.handlers = {}
        self.kept = []  # sockets that have to stay open
        self.faults = []  # of our own: a suite whose servers fail proves nothing
        self.workers = []
        self.socket = listener()
        self.port = self.socket.getsockname()[1]

    def add(self, handler):
        count = len(self.handlers) + 1
        address = f'{self.base}.{count >> 8}.{count & 255}'
        self.handlers[address] = handler
        return address

    def start(self, folder):
        """After all was added.  FOLDER: a new one, for the sockets of the smith's twins."""
        fork = multiprocessing.get_context('fork')
        self.places = {address: i for i, address in enumerate(self.handlers)}
        self.seen = fork.Array('I', len(self.handlers))
        for i in range(self.processes):
            smith = self.smith.twin(str(folder / f'{i}'))
            here, there = fork.Pipe()
            worker = fork.Process(target=self.work, args=(smith, there), daemon=True)
            worker.start()
            smith.close()
            there.close()
            self.workers.append((worker, here))
        self.socket.close()

    def connections(self, address):
        """How many there were to that address."""
        return self.seen[self.places[address]]

    def stop(self):
        for worker, pipe in self.workers:
            pipe.send('end')
        for worker, pipe in self.workers:
            if pipe.poll(10):
                self.faults += pipe.recv()
            else:
                self.faults.append('a process of the hostile servers is stuck')
                worker.kill()
            worker.join(10)
        self.workers = []
        for sock in (self.socket, *self.kept):
            sock.close()

    def work(self, smith, pipe):
        """One process."""
        self.smith.become(smith)  # every key knows this one
        self.tasks = set()
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        ended = self.loop.create_future()
        # Also when whoever started us is gone.
        self.loop.add_reader(pipe.fileno(), lambda: ended.done() or ended.set_result(None))
        self.loop.add_reader(self.socket, self.accept)
        self.loop.run_until_complete(ended)
        self.loop.remove_reader(self.socket)
        for task in self.tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*self.tasks, return_exceptions=True))
        pipe.send(self.faults)

    def accept(self):
        # A few at a time, for the others take some as well.
        with contextlib.suppress(BlockingIOError):
            for _ in range(4):
                sock, _ = self.socket.accept()
                self.accepted(sock, sock.getsockname()[0])

    def accepted(self, sock, address):
        if address not in self.handlers:
            sock.close()
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        place = self.places[address]
        with self.seen.get_lock():
            count = self.seen[place]
            self.seen[place] += 1
        task = self.loop.create_task(self.serve(sock, address, count))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def serve(self, sock, address, count):
        peer = Peer(self.loop, sock, count, self.smith)
        try:
            await self.handlers[address](peer)
            await peer.hold()
        except Gone:
            pass
        except Exception as why:  # pylint: disable=broad-except
            self.faults.append(f'{address}: {type(why).__name__}: {why}')
        finally:
            sock.close()
