/** Whether the database object with this name belongs to the plugin `id`: its name starts with `<id>_`. */
export function isOwn(id: string, name: string): boolean {
  return name.startsWith(`${id}_`)
}
