/** What a widget's preview and the page around it say to each other, by `postMessage` inside one origin. */

/** Below it: the kind. The page has no token and asks the hub for nothing; what it shows is simulated. */
export const PREVIEW_PATH = '/widget-preview/'

/** From the preview: it is there and wants the settings. */
export interface PreviewReady {
  landale: 'preview-ready'
}

/** To the preview: complete settings of its kind. */
export interface PreviewSettings {
  landale: 'preview-settings'
  settings: Record<string, unknown>
}

export function isPreviewReady(data: unknown): data is PreviewReady {
  return (data as PreviewReady | null)?.landale === 'preview-ready'
}

export function isPreviewSettings(data: unknown): data is PreviewSettings {
  const message = data as PreviewSettings | null
  return message?.landale === 'preview-settings' && typeof message.settings === 'object' && message.settings !== null
}
