/** What Landale says of itself. */
import { z } from 'zod'

const module = z.object({ module: z.string(), reason: z.string().optional() })

export const systemEvents = {
  'system.started': z.object({ version: z.string(), dataDir: z.string() }),
  /** The store's file was damaged: it was set aside, and `restoredFrom` (a backup's file name, or null) was opened. */
  'system.store.recovered': z.object({ setAside: z.string(), restoredFrom: z.string().nullable(), reason: z.string() }),
  'system.store.backed-up': z.object({ file: z.string(), bytes: z.number().int(), durationMs: z.number() }),
  'system.module.started': module,
  'system.module.stopped': module,
  'system.module.crashed': module.extend({ attempt: z.number().int(), retryInMs: z.number().nullable() }),
  'system.module.failed': module,
  /** The audit trail: who asked for what, and what came of it. Arguments are kept without secrets. */
  'system.command.committed': z.object({
    command: z.string(),
    actor: z.string(),
    args: z.unknown(),
    durationMs: z.number(),
  }),
  'system.command.rejected': z.object({
    command: z.string(),
    actor: z.string(),
    args: z.unknown(),
    code: z.string(),
    message: z.string(),
  }),
  'system.token.created': z.object({ tokenId: z.string(), name: z.string(), scopes: z.array(z.string()) }),
  'system.token.revoked': z.object({ tokenId: z.string(), name: z.string() }),
} as const
