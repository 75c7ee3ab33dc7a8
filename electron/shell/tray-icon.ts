/** The tray's picture, 32x32: a ring around a red dot. Inline, so that it needs no file beside the bundle. */
export const TRAY_ICON = [
  'data:image/png;base64,',
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAYAAABzenr0AAABI0lEQVR42t2XMQ6DMAwAEV/oI/hLpP6gYmRHPCF/YGJl4AU8g52x',
  'K5W6dE+N5AFFdnCgVdwOt0TBuThOSDJ3u2YpyX5O4PF8FUAJWKBFLLYVXxGAwDlQAxPgdpiwb/4RAZzZXTCwz/pNeUoA0+tO0h4S',
  'gA+HQNAFGIEOGbGN6z9ECQRmvg5kAtIG+4gzwa05FaCK2CkVE6MMCmC1UwVnDmxXwxRmHhKoI2d+QWIyUYcE/H0+MsEbYAYcMmMb',
  'JeHXxEQK4AknSX2/GdinFy5FQQn4xbcwM3c7NITEwhXjtpMVpH8WCMyCZbCUgL/3O6LgnJCLJ9BxZ4IqgeRLkLwI027D5AeRlqM4',
  '7c8o+e9YxYVExZVMxaVUxbVcxcNExdPsr1/Hb6Lpx6T28FYkAAAAAElFTkSuQmCC',
].join('')
