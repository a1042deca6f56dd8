"""Where a task is watched."""


def task_path(task_id: int) -> str:
    return f"/manage/tasks/{task_id}"
