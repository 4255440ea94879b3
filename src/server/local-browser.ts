/** Whether a request comes from this machine: its host name is a loopback name, and no proxy has added a header. */
export function isLocalBrowser(request: Request): boolean {
  const isProxied = ['forwarded', 'x-forwarded-for', 'via'].some((header) => request.headers.has(header))
  return !isProxied && isLoopback(new URL(request.url).hostname)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
