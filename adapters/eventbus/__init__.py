"""The messages and calls of Salesforce's Pub/Sub API (package eventbus.v1): data that both ends of the wire share.

`eventbus_pb2` is made of `eventbus.proto`, from the root of the repository, by
`python -m grpc_tools.protoc -I. --python_out=. --pyi_out=. adapters/eventbus/eventbus.proto`.
"""
