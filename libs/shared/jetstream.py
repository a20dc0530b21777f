"""JetStream as the library has it, but for one fault: a publication that the server refused is told of."""

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import APIError


class JetStream(JetStreamContext):
    """The library reads a refusal by a function that raises it, so that what waits for the answer never gets one."""

    async def _handle_async_reply(self, msg: Msg) -> None:
        try:
            await super()._handle_async_reply(msg)
        except APIError as refusal:
            future = self._publish_async_futures.get(msg.subject.rpartition(".")[2])
            if future is not None and not future.done():
                future.set_exception(refusal)
