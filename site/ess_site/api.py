"""The read API: pages, with the facets of the directories, reference records, images, documents."""

from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet

from ess_pages.views.api import ENDPOINTS

api = WagtailAPIRouter("wagtailapi")
for name, viewset in ENDPOINTS.items():
    api.register_endpoint(name, viewset)
api.register_endpoint("images", ImagesAPIViewSet)
api.register_endpoint("documents", DocumentsAPIViewSet)
