{
    "name": "Regulation: test support",
    "summary": "Only for tests: makes browser tours run on every build of Odoo.",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Sales Regulation contributors",
    "depends": ["mail"],
    "assets": {
        # Some builds of Odoo lack this bundled library. The browser reports the missing
        # file on its console, and an error on the console fails every tour.
        "web.assets_backend": [
            ("remove", "mail/static/lib/selfie_segmentation/selfie_segmentation.js"),
        ],
    },
}
