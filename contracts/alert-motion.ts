/**
 * The motion of an alert, ms. Enter and exit are inside its duration. The queue must know them too: an alert that is
 * already leaving is not brought back. Apart from the schemas, because pages bundle this file.
 */
export const ALERT_MOTION = { enterMs: 400, exitMs: 300, interruptMs: 200, resumeMs: 400 } as const
