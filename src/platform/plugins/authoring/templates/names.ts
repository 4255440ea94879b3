/** Names that the templates insert into the files of a new plugin. */
export interface TemplateNames {
  /** The plugin's id, such as `hello`. */
  readonly id: string
  /** The id as the first word of type names: `Hello`. */
  readonly Id: string
  /** The id in capitals: `HELLO`. */
  readonly ID: string
  /** Folder of the plugin as the commands in the README name it, such as `./plugins/hello`. */
  readonly folder: string
  /** Command that runs the tests, such as `npx vitest run plugins/hello`. */
  readonly test: string
}

export function templateNames(id: string, folder: string, test: string): TemplateNames {
  return { id, Id: id.charAt(0).toUpperCase() + id.slice(1), ID: id.toUpperCase(), folder, test }
}
