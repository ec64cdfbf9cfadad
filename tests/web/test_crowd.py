"""A small crowd; `make crowd` is a large one."""

from crowd import gather

UPLOADS = 50


def test_many_upload_at_once_without_an_error_and_the_process_does_not_grow() -> None:
    crowd = gather(UPLOADS)
    assert not crowd.faults()
    assert all(len(seconds) == UPLOADS for seconds in crowd.stages.values())
