/** Names in the files of a new plugin. */
export interface TemplateNames {
  /** The plugin's id, such as `hello`. */
  readonly id: string
  /** The id as the first word of type names: `Hello`. */
  readonly Id: string
  /** The id in capitals: `HELLO`. */
  readonly ID: string
  /** Folder as it is written in commands, such as `./plugins/hello`. */
  readonly folder: string
}

export function templateNames(id: string, folder: string): TemplateNames {
  return { id, Id: id.charAt(0).toUpperCase() + id.slice(1), ID: id.toUpperCase(), folder }
}
