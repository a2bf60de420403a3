// Checks that every path a document names exists: in backticks and in links of all *.md files.
//   node tests/docs_paths.mjs
// Ends with "N passed, N failed".
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const skipped = new Set(['.git', 'node_modules', 'build', 'data', 'dist', '.cache'])
// Files that a reader would make, named as examples.
const examples = new Set(['packs/cn/record_types/well.yaml'])
const tops = ['src/', 'apps/', 'ui/', 'packs/', 'docs/', 'tests/', 'deps/', 'cmake/', 'benchmarks/', '.ci/', './']
const made = ['ui/dist', 'ui/node_modules', './data', './build']
const endings = /\.(h|cpp|ts|vue|mjs|js|yaml|md|txt|cmake|html)$/

function walk(folder, out = []) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder ? `${folder}/${entry.name}` : entry.name
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name) && !entry.name.startsWith('build')) walk(path, out)
    } else if (entry.isFile()) out.push(path)
  }
  return out
}

const files = walk('')
const names = new Set(files.map((f) => basename(f)))
const all = new Set(files)
for (const f of files) for (let d = dirname(f); d !== '.'; d = dirname(d)) all.add(d)

// "src/*/x.cpp" fits when some path does.
function fits(pattern) {
  const re = new RegExp('^' + pattern.split('*').map((p) => p.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[^/]*') + '$')
  return [...all].some((p) => re.test(p))
}

// Whether the text is meant as a path of this repository, and if so whether it is there. Undefined: not a path.
function check(text, document) {
  if (!/^[\w.*@/+-]+$/.test(text) || text.startsWith('/') || text.startsWith('*.')) return undefined
  if (made.some((m) => text === m || text.startsWith(m + '/'))) return undefined
  const path = normalize(text).replace(/\/$/, '')
  if (examples.has(path)) return undefined
  const there = (p) => (p.includes('*') ? fits(p) : all.has(p))
  if (tops.some((t) => text.startsWith(t)) || text.startsWith('../')) {
    return there(path) || there(normalize(join(dirname(document), text)).replace(/\/$/, ''))
  }
  if (!endings.test(text)) return undefined
  if (!text.includes('/')) return text.includes('*') ? [...names].some((n) => n.endsWith(text.replace(/^.*\*/, ''))) : names.has(text)
  // "journal/store.h", as the code includes it, or below the document's own folder or its src.
  return ['', 'src/', dirname(document) + '/', dirname(document) + '/src/', dirname(document) + '/src/desk/'].some((p) => there(normalize(p + path)))
}

let passed = 0
let failed = 0
for (const document of files.filter((f) => f.endsWith('.md'))) {
  let fenced = false
  readFileSync(join(root, document), 'utf8').split('\n').forEach((line, i) => {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced
    if (fenced) return
    const said = [...line.matchAll(/`([^`]+)`/g)].map((m) => check(m[1].trim(), document) === undefined ? null : [m[1].trim(), check(m[1].trim(), document)])
    const linked = [...line.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
      .filter((m) => !/^[a-z]+:/.test(m[1]))
      .map((m) => [m[1], existsSync(join(root, dirname(document), m[1]))])
    for (const one of [...said, ...linked]) {
      if (!one) continue
      if (one[1]) passed++
      else {
        failed++
        console.log(`${document}:${i + 1}: ${one[0]} does not exist`)
      }
    }
  })
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
