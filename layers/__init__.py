"""The county's things: schemas, the store, history, import and export, analyses over them."""
