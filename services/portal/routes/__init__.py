"""The pages, and what their forms do. GET and HEAD change nothing, whoever opens a link how often."""

from services.portal.routes import account, mailed, signing_in, site

ROUTES = [*site.ROUTES, *signing_in.ROUTES, *mailed.ROUTES, *account.ROUTES]
