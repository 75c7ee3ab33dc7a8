/**
 * The parts of a desktop that headless Chromium has none of: tray, menu, dialogs, notifications, clipboard, displays,
 * opening things elsewhere. Each keeps what it was told, so that a test can look.
 */
import { EventEmitter } from 'node:events'
import type {
  Clipboard,
  Dialog,
  Display,
  Menu,
  MenuItemConstructorOptions,
  NativeImage,
  Notification,
  NotificationConstructorOptions,
  PowerSaveBlocker,
  Rectangle,
  Shell,
  Tray,
} from 'electron'

/** What the app has asked of the desktop, oldest first. */
export const record = {
  openedExternally: [] as string[],
  notifications: [] as NotificationConstructorOptions[],
  errorBoxes: [] as { title: string; content: string }[],
  dialogs: [] as unknown[],
}

export class StandInMenu implements Pick<Menu, 'getMenuItemById' | 'popup' | 'closePopup'> {
  static #application: StandInMenu | null = null
  readonly template: MenuItemConstructorOptions[]

  static buildFromTemplate(template: MenuItemConstructorOptions[]): StandInMenu {
    return new StandInMenu(template)
  }

  static setApplicationMenu(menu: StandInMenu | null): void {
    StandInMenu.#application = menu
  }

  static getApplicationMenu(): StandInMenu | null {
    return StandInMenu.#application
  }

  constructor(template: MenuItemConstructorOptions[] = []) {
    this.template = template
  }

  /** The real one answers a MenuItem; this one the options it was made from, whose `click` a test may call. */
  getMenuItemById(id: string): ReturnType<Menu['getMenuItemById']> {
    return (this.template.find((item) => item.id === id) ?? null) as ReturnType<Menu['getMenuItemById']>
  }

  popup(): void {}

  closePopup(): void {}
}

export class StandInTray
  extends EventEmitter
  implements Pick<Tray, 'setToolTip' | 'setImage' | 'destroy' | 'isDestroyed'>
{
  static readonly alive = new Set<StandInTray>()
  toolTip = ''
  menu: StandInMenu | null = null
  image: NativeImage | string

  constructor(image: NativeImage | string) {
    super()
    this.image = image
    StandInTray.alive.add(this)
  }

  setToolTip(toolTip: string): void {
    this.toolTip = toolTip
  }

  setContextMenu(menu: StandInMenu | null): void {
    this.menu = menu
  }

  setImage(image: NativeImage | string): void {
    this.image = image
  }

  destroy(): void {
    StandInTray.alive.delete(this)
  }

  isDestroyed(): boolean {
    return !StandInTray.alive.has(this)
  }
}

export class StandInNotification extends EventEmitter implements Pick<Notification, 'show' | 'close'> {
  static isSupported(): boolean {
    return true
  }

  readonly #options: NotificationConstructorOptions

  constructor(options: NotificationConstructorOptions = {}) {
    super()
    this.#options = options
  }

  show(): void {
    record.notifications.push(this.#options)
    this.emit('show')
  }

  close(): void {
    this.emit('close')
  }
}

export const dialog: Pick<Dialog, 'showErrorBox'> & { [K in 'showMessageBox' | 'showOpenDialog']: unknown } = {
  showErrorBox: (title, content) => void record.errorBoxes.push({ title, content }),
  showMessageBox: async (...args: unknown[]) => {
    record.dialogs.push(args.at(-1))
    return { response: 0, checkboxChecked: false }
  },
  showOpenDialog: async (...args: unknown[]) => {
    record.dialogs.push(args.at(-1))
    return { canceled: true, filePaths: [] }
  },
}

export const shell: Pick<Shell, 'openExternal' | 'openPath' | 'showItemInFolder' | 'beep'> = {
  openExternal: async (url) => void record.openedExternally.push(url),
  openPath: async (path) => {
    record.openedExternally.push(path)
    return ''
  },
  showItemInFolder: (path) => void record.openedExternally.push(path),
  beep: () => {},
}

let copied = ''
export const clipboard: Pick<Clipboard, 'writeText' | 'readText' | 'clear'> = {
  writeText: async (text) => {
    copied = text
  },
  readText: async () => copied,
  clear: () => {
    copied = ''
  },
}

const blockers = new Set<number>()
let lastBlocker = 0
export const powerSaveBlocker: Pick<PowerSaveBlocker, 'start' | 'stop' | 'isStarted'> = {
  start() {
    blockers.add(++lastBlocker)
    return lastBlocker
  },
  stop: (id) => blockers.delete(id),
  isStarted: (id) => blockers.has(id),
}

/** Enough of an image for a tray: whether there is one, and how it was made. */
export const nativeImage = {
  createEmpty: () => picture(''),
  createFromDataURL: picture,
  createFromPath: picture,
}

function picture(source: string): NativeImage {
  const image: Partial<NativeImage> = {
    isEmpty: () => source === '',
    toDataURL: () => source,
    setTemplateImage: () => {},
  }
  return image as NativeImage
}

/** `STANDIN_DISPLAYS`, e.g. `1920x1080,1920x400`: from left to right, the first is the primary one. */
const DEFAULT_DISPLAYS = '1920x1080'

export const screen = Object.assign(new EventEmitter(), {
  getAllDisplays: displays,
  getPrimaryDisplay: () => displays()[0],
})

type DisplayPart = Pick<Display, 'id' | 'label' | 'bounds' | 'workArea' | 'scaleFactor'>

function displays(): DisplayPart[] {
  let x = 0
  return (process.env.STANDIN_DISPLAYS ?? DEFAULT_DISPLAYS).split(',').map((size, index) => {
    const [width = 0, height = 0] = size.split('x').map(Number)
    const bounds: Rectangle = { x, y: 0, width, height }
    x += width
    return { id: index + 1, label: `stand-in ${size}`, bounds, workArea: bounds, scaleFactor: 1 }
  })
}

export const powerMonitor = new EventEmitter()

/** Headless Chromium prefers light. */
export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: false })
