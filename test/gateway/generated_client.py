"""Takes a removal through the gateway with the client in the working folder, which was generated from its document.

Usage: generated_client.py <gateway> <token> <video> <output>; prints the removal's document.
"""

import io
import json
import sys
from pathlib import Path

from matteflow_client import AuthenticatedClient
from matteflow_client.api.credits_ import quote
from matteflow_client.api.removals import get_output, get_removal, list_removals, start_removal
from matteflow_client.models import Problem, QuoteJsonBodyType0, Removal, StartRemovalFilesBody
from matteflow_client.types import File

url, token, video, output = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=token, timeout=60)

priced = quote.sync(client=client, body=QuoteJsonBodyType0(duration_seconds=1))
assert len(priced.models) == 4, priced

body = StartRemovalFilesBody(
    file=File(payload=io.BytesIO(Path(video).read_bytes()), file_name="walk.mp4", mime_type="video/mp4")
)
removal = start_removal.sync(client=client, body=body, idempotency_key="generated", prefer="wait=50")
while isinstance(removal, Removal) and removal.state not in ("succeeded", "failed", "cancelled"):
    removal = get_removal.sync(removal.id, client=client, prefer="wait=50")
assert isinstance(removal, Removal), removal

refusal = get_removal.sync("nobody", client=client)
assert isinstance(refusal, Problem) and refusal.kind == "NotFound", refusal
assert [each.id for each in list_removals.sync(client=client).removals] == [removal.id]

Path(output).write_bytes(get_output.sync_detailed(removal.id, client=client).content)
print(json.dumps(removal.to_dict()))
