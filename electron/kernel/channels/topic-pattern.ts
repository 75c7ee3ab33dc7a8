/** Whether `pattern`, an exact topic or a prefix ending in `:*`, is for `topic`. A prefix wants something after it. */
export function covers(pattern: string, topic: string): boolean {
  if (!pattern.endsWith(':*')) return pattern === topic
  return topic.length >= pattern.length && topic.startsWith(pattern.slice(0, -1))
}
