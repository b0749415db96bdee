package org.shop.cart

import org.shop.core.bridge.CartException
import org.shop.core.bridge.ReadableList
import org.shop.core.common.TableBuilder
import org.shop.core.module.CartModule
import org.shop.core.ui.CartView

class CartManager {
    fun name(): String {
        return "cart"
    }

    fun events(): Map<String, Any> {
        return TableBuilder.builder()
            .put("onOpen", "open")
            .build()
    }

    fun command(args: ReadableList) = args.first()
}
