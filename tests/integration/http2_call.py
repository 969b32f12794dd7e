"""One unary gRPC call spoken frame by frame, for what gRPC's own clients keep to themselves."""
import socket
import struct

import h2.config
import h2.connection
import h2.events


def trailers_of(address, method, request):
    """All trailers (or, where there is no message, headers) of the answer to a serialized request, as text."""
    host, port = address.rsplit(":", 1)
    connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    with socket.create_connection((host, int(port)), timeout=120) as stream:
        connection.initiate_connection()
        connection.send_headers(1, [(":method", "POST"), (":scheme", "http"), (":path", method), (":authority", address), ("te", "trailers"),
                                    ("content-type", "application/grpc")])
        unsent = b"\0" + struct.pack(">I", len(request)) + request
        found = {}
        ended = False
        while not ended:
            while unsent:
                size = min(len(unsent), connection.local_flow_control_window(1), connection.max_outbound_frame_size)
                if size == 0:
                    break
                connection.send_data(1, unsent[:size], end_stream=size == len(unsent))
                unsent = unsent[size:]
            stream.sendall(connection.data_to_send())
            received = stream.recv(65536)
            assert received, "the server closed the connection"
            for event in connection.receive_data(received):
                if isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)):
                    found = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    connection.acknowledge_received_data(event.flow_controlled_length, 1)
                ended = ended or isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset))
        return found
