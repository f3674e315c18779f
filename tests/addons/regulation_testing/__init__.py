import os

if os.environ.get("REGULATION_MEASURE"):
    from . import measure

    measure.start(
        os.environ["REGULATION_MEASURE"], statements=bool(os.environ.get("REGULATION_STATEMENTS"))
    )
