// There is no clock: libaom includes this, and asks for nothing of it.
