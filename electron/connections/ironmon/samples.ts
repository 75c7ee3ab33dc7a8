/** Ten messages byte for byte as plugins send them, the last two of version 1. The place's name is a byte longer than it looks. */
export const ironmonFrames: readonly string[] = [
  '312 {"type":"init","data":{"version":"2.2","tracker_version":"8.8.1","game":3,"features":{"runTracking":true,"battleEvents":true,"checkpoints":true,"teamUpdates":true,"locationTracking":true,"encounterTracking":true,"battleAnalytics":true,"moveTracking":true,"itemTracking":true}},"timestamp":1761868800,"frame":312}',
  '85 {"type":"seed","data":{"value":812,"attempt":812},"timestamp":1761868800,"frame":312}',
  '214 {"type":"team_update","data":{"slot":1,"pokemon":{"id":277,"name":"Treecko","level":9,"hp":{"current":21,"max":28},"status":0,"item":0,"moves":[{"id":1,"name":"Pound","pp":35}]}},"timestamp":1761868800,"frame":312}',
  '75 {"type":"team_update","data":{"slot":2},"timestamp":1761868800,"frame":312}',
  '181 {"type":"location","data":{"mapId":5,"name":"Pokémon Tower 1F","trainers":{"total":0,"undefeated":[]},"wildEncounters":[],"hasEncounters":false},"timestamp":1761868800,"frame":312}',
  '197 {"type":"battle_ended","data":{"outcome":"Victory","battleOutcome":1,"playerWon":true,"playerCaught":false,"playerFled":false,"playerLost":false,"duration":1840},"timestamp":1761868800,"frame":312}',
  '260 {"type":"trainer_defeated","data":{"id":326,"className":"RIVAL","fullName":"GARY","location":{"mapId":5,"name":"Oak\'s Lab"},"party":[{"species":4,"name":"Charmander","level":5}],"isCheckpoint":true,"checkpointName":"RIVAL1"},"timestamp":1761868800,"frame":312}',
  '112 {"type":"checkpoint","data":{"name":"BROCK","index":4,"total":23,"seed":812},"timestamp":1761868800,"frame":312}',
  '67 {"type":"checkpoint","metadata":{"id":4,"name":"BROCK","seed":812}}',
  '40 {"type":"seed","metadata":{"count":812}}',
]
