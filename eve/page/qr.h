/* QR codes, by libqrencode. */
#ifndef PARLEY_EVE_PAGE_QR_H
#define PARLEY_EVE_PAGE_QR_H

#include <jansson.h>

/* The rows of the code of a text, each a string of 0 and 1 (1: dark), without the quiet margin; NULL when the text does
 * not fit or this eve was built without libqrencode. */
json_t *qr_rows(const char *text);

#endif
