# A server of gRPC C-core: echoes bytes in all four kinds of calls. Prints its port, and ends with its input.
import sys
from concurrent import futures

import grpc


def unary(request, context):
    metadata = dict(context.invocation_metadata())
    if b"fail" in request:
        context.set_trailing_metadata((("x-trailer", "last"), ("y-bin", b"\x00\x01\xff")))
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "nope \u00e9 %")
    if b"slow" in request:
        context.add_callback(lambda: None)
        while context.is_active():
            pass
    if "x-in" in metadata:
        context.send_initial_metadata((("x-out", metadata["x-in"]),))
    return request


def server_stream(request, context):
    for i in range(1000):
        yield request + str(i).encode()


def client_stream(requests, context):
    return str(sum(len(request) for request in requests)).encode()


def bidi(requests, context):
    for request in requests:
        yield b"re: " + request


same = {"request_deserializer": bytes, "response_serializer": bytes}
handlers = {
    "Unary": grpc.unary_unary_rpc_method_handler(unary, **same),
    "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream, **same),
    "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream, **same),
    "Bidi": grpc.stream_stream_rpc_method_handler(bidi, **same),
}
gzip = len(sys.argv) > 1
server = grpc.server(
    futures.ThreadPoolExecutor(8),
    compression=grpc.Compression.Gzip if gzip else grpc.Compression.NoCompression,
)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("probe.Probe", handlers),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(0)
