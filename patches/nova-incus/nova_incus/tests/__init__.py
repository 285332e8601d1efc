# Nova runs on green threads, so its driver is tested on them: before all else.
import nova.monkey_patch  # noqa: F401
