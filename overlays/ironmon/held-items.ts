/**
 * What the third generation's games call the items that can be held, by their number there: the tracker says the number
 * alone. What is not here is called by its number.
 */

const BERRIES_FROM = 133
const BERRIES = [
  ...['Cheri', 'Chesto', 'Pecha', 'Rawst', 'Aspear', 'Leppa', 'Oran', 'Persim', 'Lum', 'Sitrus', 'Figy', 'Wiki'],
  ...['Mago', 'Aguav', 'Iapapa', 'Razz', 'Bluk', 'Nanab', 'Wepear', 'Pinap', 'Pomeg', 'Kelpsy', 'Qualot', 'Hondew'],
  ...['Grepa', 'Tamato', 'Cornn', 'Magost', 'Rabuta', 'Nomel', 'Spelon', 'Pamtre', 'Watmel', 'Durin', 'Belue'],
  ...['Liechi', 'Ganlon', 'Salac', 'Petaya', 'Apicot', 'Lansat', 'Starf', 'Enigma'],
]

const HELD_FROM = 179
const HELD = [
  ...['BrightPowder', 'White Herb', 'Macho Brace', 'Exp. Share', 'Quick Claw', 'Soothe Bell', 'Mental Herb'],
  ...['Choice Band', 'King’s Rock', 'SilverPowder', 'Amulet Coin', 'Cleanse Tag', 'Soul Dew', 'DeepSeaTooth'],
  ...['DeepSeaScale', 'Smoke Ball', 'Everstone', 'Focus Band', 'Lucky Egg', 'Scope Lens', 'Metal Coat', 'Leftovers'],
  ...['Dragon Scale', 'Light Ball', 'Soft Sand', 'Hard Stone', 'Miracle Seed', 'BlackGlasses', 'Black Belt', 'Magnet'],
  ...['Mystic Water', 'Sharp Beak', 'Poison Barb', 'NeverMeltIce', 'Spell Tag', 'TwistedSpoon', 'Charcoal'],
  ...['Dragon Fang', 'Silk Scarf', 'Up-Grade', 'Shell Bell', 'Sea Incense', 'Lax Incense', 'Lucky Punch'],
  ...['Metal Powder', 'Thick Club', 'Stick'],
]

/** e.g. 200 as `Leftovers`. */
export function heldItemName(item: number): string {
  const berry = BERRIES[item - BERRIES_FROM]
  return HELD[item - HELD_FROM] ?? (berry ? `${berry} Berry` : `Item ${item}`)
}
