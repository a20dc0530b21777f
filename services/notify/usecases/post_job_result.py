"""Post the result of a bulk job."""

from fullmakt.events import JobFinished

from libs.shared.database import Tx
from services.notify.models import Params
from services.notify.usecases.post_notices import post_notices


async def post_job_result(tx: Tx, *, event: JobFinished) -> None:
    """Tell the starter of a job, in the product only, that it is through (A8, N2)."""
    await post_notices(
        tx,
        organisation_id=event.agency_id,
        to=[event.started_by],
        kind="job_finished",
        cause=f"job.finished:{event.job_id}",
        params=Params(job_id=event.job_id, done=event.done, unchanged=event.unchanged, refused=event.refused),
    )
