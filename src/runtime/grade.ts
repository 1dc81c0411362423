/** What a sighting is to people. `notice`: a line in the model's history; `nothing`: it is known, or being learned. */
export type Grade = 'alert' | 'notice' | 'nothing';
