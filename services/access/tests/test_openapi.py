from services.access.tests.kit import AppOf


async def test_every_route_is_described_with_an_operation_id(app: AppOf) -> None:
    access = await app("access")

    document = (await access.call("GET", "/access/openapi.json")).json()

    ids = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    assert {"evaluate", "evaluateMany", "startJob", "listJobItems", "activateClient", "getMyPrograms"} <= ids
    limit = document["paths"]["/access/v1/organisations/{organisation_id}/clients"]["get"]["parameters"]
    assert {p["name"]: p["schema"].get("maximum") for p in limit}["limit"] == 200
