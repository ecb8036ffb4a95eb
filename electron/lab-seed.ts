/** The seed of every lab that comes up from its file: MAC addresses and names of it are the same each time, so an exercise can be made beforehand. */
export const LAB_SEED = 1;
