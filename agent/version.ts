/** The agent's own version; the packaging checks it against package.json. */
export const AGENT_VERSION = '0.1.0'
