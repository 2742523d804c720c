#include "eve/page/qr.h"

#ifndef HAVE_LIBQRENCODE

json_t *qr_rows(const char *text) {
    (void)text;
    return NULL;
}

#else

#include <qrencode.h>

json_t *qr_rows(const char *text) {
    char row[256];
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code)
        return NULL;
    json_t *rows = json_array();
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++)
            row[x] = code->data[y * code->width + x] & 1 ? '1' : '0';
        row[code->width] = 0;
        json_array_append_new(rows, json_string(row));
    }
    QRcode_free(code);
    return rows;
}

#endif
