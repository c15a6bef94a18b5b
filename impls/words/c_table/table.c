/* Counts the words of a text between spaces, in one pass, by a hash table with linear probing.
 *
 * table: `slots` numbers, a power of two and more than twice the words that there can be, all 0; a slot holds the number
 * of a word plus 1, or 0. starts, lengths, counts: of each distinct word, in the order in which they are first found.
 * Returns how many there are.
 *
 * The hash is FNV-1a of 64 bits (Fowler, Noll and Vo), taken while the word is read: a byte is touched once before it is
 * compared.
 */
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

ssize_t count_words(const char *text, ssize_t length, int32_t *table, int64_t *starts, int64_t *lengths,
                    int64_t *counts, ssize_t slots)
{
    ssize_t found = 0, at = 0;
    uint64_t mask = (uint64_t)slots - 1;
    while (at < length) {
        ssize_t start = at;
        uint64_t hash = 14695981039346656037u;
        for (; at < length && text[at] != ' '; at++)
            hash = (hash ^ (unsigned char)text[at]) * 1099511628211u;
        ssize_t size = at++ - start;
        uint64_t slot = (hash ^ hash >> 32) & mask;
        for (;; slot = (slot + 1) & mask) {
            int32_t number = table[slot] - 1;
            if (number < 0) {
                starts[found] = start;
                lengths[found] = size;
                counts[found] = 1;
                table[slot] = (int32_t)++found;
                break;
            }
            if (lengths[number] == size && memcmp(text + starts[number], text + start, (size_t)size) == 0) {
                counts[number]++;
                break;
            }
        }
    }
    return found;
}
