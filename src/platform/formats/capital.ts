/** Returns a name with its first letter in upper case: `completeTask` becomes `CompleteTask`. */
export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
