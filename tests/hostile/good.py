# SPDX-License-Identifier: MIT
"""good.py PEM - the good servers: TLS on every address of loopback, until standard input ends

In a process of its own, so that what the hostile ones cost is not charged to them.
"""
import asyncio
import contextlib
import sys

from host import listener
from shake import context_of


async def serve(reader, writer):
    with contextlib.suppress(OSError):
        await reader.read()
    writer.close()


async def main():
    sock = listener()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # clients that go in the middle are expected
    await asyncio.start_server(serve, sock=sock, ssl=context_of(sys.argv[1]), backlog=4096)
    print(sock.getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
