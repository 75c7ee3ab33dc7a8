/** The part of a logger that the shell uses; the hub's own fits. */
type Write = (fields: object, message: string) => void

export interface ShellLog {
  info: Write
  warn: Write
  error: Write
}
