import type { AnyRule, Chain } from '@shared/types'

export const kEarthquake = 'earthquake'
/** A box of the picture: where a chain begins (`chain` missing), or what one reaches. */
export interface Box { key: string; from: string; chain?: Chain; x: number; y: number; w: number; h: number }
/** An arrow into a box, and where the words beside it lie. */
export interface Arrow { key: string; chain: Chain; path: string; x: number; y: number; w: number }
export interface Picture { boxes: Box[]; arrows: Arrow[]; width: number; height: number }

const kHead_px = 52, kStep_px = 24, kGap_px = 18, kIndent_px = 22, kWordsHigh_px = 46
/** Widths from what still can be read to what is pleasant. */
const kRoot_px = 172, kWords_px = [112, 168], kBox_px = [190, 244]
const heightOf = (chain?: Chain) => kHead_px + (chain ? chain.steps.length * kStep_px + 6 : 0)

/**
 * Chains as boxes from left to right, each beside what it follows from; under each other, set in, where the window is
 * narrower than one step. A chain whose beginning is not known begins with its name. O(chains²), of a few dozen.
 */
export function picture(chains: Chain[], width: number): Picture {
  const ids = new Set(chains.map((c) => c.id))
  const roots = [...new Set(chains.filter((c) => !ids.has(c.from)).map((c) => c.from))]
  const after = (from: string) => chains.filter((c) => c.from === from)
  const depthOf = (from: string, left: number): number => (left ? Math.max(0, ...after(from).map((c) => 1 + depthOf(c.id, left - 1))) : 0)
  const depth = Math.max(1, ...roots.map((r) => depthOf(r, chains.length)))
  const room = (width - kRoot_px) / depth
  const narrow = width < kRoot_px + kWords_px[0] + kBox_px[0]
  const box_px = Math.floor(Math.min(kBox_px[1], Math.max(kBox_px[0], room - kWords_px[0])))
  const words_px = Math.floor(Math.min(kWords_px[1], Math.max(kWords_px[0], room - box_px)))
  const out: Picture = { boxes: [], arrows: [], width: 0, height: 0 }
  let y = 0
  const seen = new Set<string>()
  function wide(box: Box) {
    out.boxes.push(box)
    let bottom = box.y + box.h
    let first = true
    for (const chain of after(box.chain?.id ?? box.from)) {
      if (seen.has(chain.id)) continue
      seen.add(chain.id)
      const next: Box = { key: chain.id, from: chain.from, chain, x: box.x + box.w + words_px, y: first ? box.y : bottom + kGap_px, w: box_px, h: heightOf(chain) }
      const out_y = box.y + kHead_px / 2, in_y = next.y + kHead_px / 2, left = box.x + box.w, mid = left + 14
      out.arrows.push({ key: chain.id, chain, path: first ? `M${left} ${out_y}H${next.x - 3}` : `M${mid} ${out_y}V${in_y}H${next.x - 3}`, x: mid + 6, y: in_y, w: words_px - 32 })
      bottom = Math.max(bottom, wide(next))
      first = false
    }
    return bottom
  }
  function tall(box: Box) {
    out.boxes.push(box)
    let bottom = box.y + box.h
    for (const chain of after(box.chain?.id ?? box.from)) {
      if (seen.has(chain.id)) continue
      seen.add(chain.id)
      const x = box.x + kIndent_px
      const next: Box = { key: chain.id, from: chain.from, chain, x, y: bottom + kWordsHigh_px, w: width - x, h: heightOf(chain) }
      const line = box.x + kIndent_px / 2
      out.arrows.push({ key: chain.id, chain, path: `M${line} ${box.y + box.h}V${next.y + kHead_px / 2}H${next.x - 3}`, x, y: bottom + kWordsHigh_px / 2, w: width - x })
      bottom = tall(next)
    }
    return bottom
  }
  for (const from of roots) y = (narrow ? tall : wide)({ key: `from ${from}`, from, x: 0, y, w: narrow ? width : kRoot_px, h: kHead_px }) + kGap_px * 2
  out.width = Math.max(0, ...out.boxes.map((b) => b.x + b.w))
  out.height = Math.max(0, y - kGap_px * 2)
  return out
}
/** Chains that a rule sets off, through any number of others. */
export function follows(chains: Chain[], rule: AnyRule): Chain[] {
  const from = new Set([rule.id])
  for (let grown = true; grown;) { grown = false; for (const c of chains) if (from.has(c.from) && !from.has(c.id)) { from.add(c.id); grown = true } }
  return chains.filter((c) => c.id !== rule.id && from.has(c.id))
}
