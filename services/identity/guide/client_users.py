"""Examples: client users."""

from libs.shared.openapi.guide import Example, example_id
from libs.shared.paging import write_cursor
from services.identity.guide.story import ANNA, COMPANY
from services.identity.routes.client_users import ProposeUsernames
from services.identity.usecases.invite_client_users import InviteClientUsers, NewClientUser
from services.identity.views.client_users import (
    CandidatePage,
    CandidateView,
    ClientUsersView,
    ClientUserView,
    UsernamesView,
)

LINK, OTHER = example_id("link"), example_id("other company")

EXAMPLES = {
    "listClientUserCandidates": Example(
        parameters={"mode": "new", "limit": 1, "search": "åkeri"},
        answer=CandidatePage(
            items=[
                CandidateView(
                    link_id=LINK,
                    company_id=COMPANY,
                    company_name="Åkeriet i Norr AB",
                    country="SE",
                    organisation_number="5560125790",
                    language="sv",
                    person_id=None,
                    name=None,
                    email=None,
                )
            ],
            next=write_cursor("Åkeriet i Norr AB", LINK),
        ),
    ),
    "proposeUsernames": Example(
        body=ProposeUsernames(names=["Anna Åkesson", "Anna Åkesson"]),
        answer=UsernamesView(usernames=["anna.akesson", "anna.akesson2"]),
    ),
    "inviteClientUsers": Example(
        body=InviteClientUsers(
            rows=[
                NewClientUser(
                    company_id=COMPANY,
                    name="Anna Åkesson",
                    email="anna@akeriet.example",
                    mobile="+46701740605",
                    username="anna.akesson",
                ),
                NewClientUser(company_id=OTHER, name="Bo Berg", email="bo@kvarnen.example"),
            ]
        ),
        answer=ClientUsersView(
            rows=[
                ClientUserView(
                    position=0,
                    company_id=COMPANY,
                    outcome="invited",
                    person_id=ANNA,
                    username="anna.akesson",
                    invitation_id=example_id("invitation"),
                ),
                ClientUserView(
                    position=1,
                    company_id=OTHER,
                    outcome="refused",
                    code="has_own_users",
                    message="This client has users of its own by now; invite those to the app, in the other mode.",
                ),
            ]
        ),
    ),
}
