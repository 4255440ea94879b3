/** Whether something in the database belongs to the plugin: its name starts with `<id>_`. */
export function isOwn(id: string, name: string): boolean {
  return name.startsWith(`${id}_`)
}
