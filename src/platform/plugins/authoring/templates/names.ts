/** Names in the text of a new plugin. */
export interface TemplateNames {
  /** The plugin's id, such as `hello`. */
  readonly id: string
  /** The same as a type's first word: `Hello`. */
  readonly Id: string
  /** The same in capitals: `HELLO`. */
  readonly ID: string
  /** Folder as commands are given it, such as `./plugins/hello`. */
  readonly folder: string
}

export function templateNames(id: string, folder: string): TemplateNames {
  return { id, Id: id.charAt(0).toUpperCase() + id.slice(1), ID: id.toUpperCase(), folder }
}
