/** The style sheet of the customer's page. It follows the colour scheme and the font size of the browser. */
export function stylesOf(color: string): string {
  return `
:root { color-scheme: light dark; --accent: ${color}; --ink: #1d232b; --faint: #5b6470; --rule: #d5dae0; --paper: #fff; --ground: #f3f5f7; --bad: #a3160e; --good: #14612f }
@media (prefers-color-scheme: dark) { :root { --accent: color-mix(in srgb, ${color} 45%, #fff); --ink: #e8ebee; --faint: #a3acb6; --rule: #39424c; --paper: #1a2028; --ground: #11161c; --bad: #ff9d94; --good: #7fd6a0 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; background: var(--paper); border-top: .3rem solid var(--accent) }
@media (min-width: 48rem) { main { margin: 2rem auto; padding: 2.5rem 3rem 3rem; border-radius: .3rem; box-shadow: 0 1px 4px #0003 } }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; color: var(--accent) }
h2 { margin: 0 0 .5rem; font-size: 1.15rem }
p { margin: 0 0 .75rem }
.logo { max-width: 12rem; max-height: 4rem; display: block; margin-bottom: 1.25rem }
.from, .faint, dt { color: var(--faint) }
.facts { margin: 1rem 0 1.5rem }
.state, .form { margin: 1.75rem 0 0; padding: 1.25rem; border: 1px solid var(--rule); border-radius: .3rem }
.state { margin: 1.25rem 0; border-left: .3rem solid var(--faint) }
.state.good { border-left-color: var(--good) }
.state p { margin: 0 }
ol { list-style: none; margin: 1.25rem 0 0; padding: 0; border-top: 1px solid var(--rule) }
li { display: flex; gap: 1rem; justify-content: space-between; padding: .65rem 0; border-bottom: 1px solid var(--rule) }
li > :first-child { min-width: 0; hyphens: auto }
h3 { margin: 1.25rem 0 0; font-size: 1rem }
.amount, dd { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums }
.faint { font-size: .875rem; display: block }
dl { margin: 1rem 0 0; display: grid; grid-template-columns: 1fr auto; row-gap: .3rem }
dd { margin: 0; padding-left: 1rem }
.total { color: var(--accent); font-size: 1.25rem; font-weight: 600; padding-top: .4rem; border-top: 2px solid var(--accent) }
.terms { margin-top: 1.5rem; font-size: .875rem; color: var(--faint); white-space: pre-line }
label { display: block; font-weight: 600; margin-bottom: .25rem }
input { width: 100%; font: inherit; color: inherit; background: var(--paper); padding: .6rem .7rem; border: 1px solid var(--faint); border-radius: .25rem; margin-bottom: 1rem }
button, .pdf { display: inline-block; font: inherit; font-weight: 600; padding: .7rem 1.1rem; border-radius: .25rem; border: 1px solid var(--accent); cursor: pointer; text-decoration: none; background: none; color: var(--accent) }
.primary { width: 100%; color: var(--paper); background: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.mistake { color: var(--bad); font-weight: 600 }
details { margin-top: 1.25rem }
summary { cursor: pointer; color: var(--faint); padding: .5rem 0 }
@media print { .form, details, .pdf { display: none } main { box-shadow: none; padding: 0 } }
`
}
