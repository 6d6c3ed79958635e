"""One class a deed, by business area; each is bound to ports and called once."""
