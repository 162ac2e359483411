//! Sockets: connections between threads, time-outs, addresses.

mod common;

use common::check;

#[test]
fn threads_talk_over_sockets() {
    check(
        "
import socket, threading
def serve(server):
    connection, _ = server.accept()
    with connection:
        while data := connection.recv(1000):
            connection.sendall(data)
for family, address in (socket.AF_INET, ('127.0.0.1', 0)), (socket.AF_UNIX, ''):
    with socket.socket(family) as server:
        server.bind(address)
        server.listen()
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        with socket.socket(family) as client:
            client.connect(server.getsockname())
            client.sendall(b'hello' * 100)
            client.shutdown(socket.SHUT_WR)
            got = b''
            while data := client.recv(300):
                got += data
            assert got == b'hello' * 100
        thread.join()
",
    );
}

#[test]
fn waits_end() {
    check(
        "
import socket
a, b = socket.socketpair()
with a, b:
    a.settimeout(0.01)
    try:
        a.recv(1)
    except TimeoutError as error:
        assert str(error) == 'timed out'
    else:
        assert False
    a.setblocking(False)
    try:
        a.recv(1)
    except BlockingIOError:
        pass
    else:
        assert False
    try:
        while True:
            a.send(bytes(100000))
    except BlockingIOError:
        pass
",
    );
}

#[test]
fn control_messages_carry_descriptors() {
    check(
        "
import os, socket
a, b = socket.socketpair()
with a, b:
    r, w = os.pipe()
    socket.send_fds(a, [b'm'], [w])
    data, descriptors, _, _ = socket.recv_fds(b, 10, 2)
    os.write(descriptors[0], b'through')
    assert data == b'm' and os.read(r, 10) == b'through'
    for fd in r, w, descriptors[0]:
        os.close(fd)
",
    );
}
